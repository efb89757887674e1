package discordfake

import "fmt"

// The types of component.
const (
	rowType    = 1
	buttonType = 2
	selectType = 3
	inputType  = 4
	textType   = 10
	labelType  = 18
	uploadType = 19
)

// rows holds a message's components against the limits: five rows, each of five buttons or one select, and
// no custom_id twice.
func (k *checker) rows(list []any) {
	if len(list) > 5 {
		k.count(len(list), 0, 5, "components")
	}
	seen := map[string]bool{}
	for i, r := range list {
		if num(r, "type") != rowType {
			k.bad("BASE_TYPE_CHOICES", "Value of field \"type\" must be one of (1,).", "components", i, "type")
			continue
		}
		parts := objects(r, "components")
		k.count(len(parts), 1, 5, "components", i, "components")
		for j, c := range parts {
			place := []any{"components", i, "components", j}
			switch num(c, "type") {
			case buttonType:
				k.button(c, place)
			case selectType:
				k.selects(c, place)
				if len(parts) > 1 {
					k.bad("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width", place...)
				}
			default:
				k.bad("BASE_TYPE_CHOICES", fmt.Sprintf("Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8), is %d.", num(c, "type")), append(place, "type")...)
			}
			k.unique(seen, c, place)
		}
	}
}

func (k *checker) unique(seen map[string]bool, c map[string]any, place []any) {
	id := str(c, "custom_id")
	if id != "" && seen[id] {
		k.bad("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated", append(place, "custom_id")...)
	}
	seen[id] = true
}

func (k *checker) button(c map[string]any, place []any) {
	k.length(str(c, "label"), 0, 80, append(place, "label")...)
	if str(c, "label") == "" && c["emoji"] == nil {
		k.bad("BUTTON_COMPONENT_LABEL_REQUIRED", "A button needs a label or an emoji", append(place, "label")...)
	}
	switch style := num(c, "style"); {
	case style == 5:
		k.address(str(c, "url"), false, append(place, "url")...)
		k.length(str(c, "url"), 1, 512, append(place, "url")...)
		if str(c, "custom_id") != "" {
			k.bad("BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified", place...)
		}
	case style < 1 || style > 4:
		k.bad("BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.", append(place, "style")...)
	default:
		k.length(str(c, "custom_id"), 1, 100, append(place, "custom_id")...)
		if str(c, "url") != "" {
			k.bad("BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified", place...)
		}
	}
}

func (k *checker) selects(c map[string]any, place []any) {
	k.length(str(c, "custom_id"), 1, 100, append(place, "custom_id")...)
	k.length(str(c, "placeholder"), 0, 150, append(place, "placeholder")...)
	options := objects(c, "options")
	k.count(len(options), 1, 25, append(place, "options")...)
	seen := map[string]bool{}
	for i, o := range options {
		in := append(append([]any{}, place...), "options", i)
		k.length(str(o, "label"), 1, 100, append(in, "label")...)
		k.length(str(o, "value"), 1, 100, append(in, "value")...)
		k.length(str(o, "description"), 0, 100, append(in, "description")...)
		if seen[str(o, "value")] {
			k.bad("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used", append(in, "value")...)
		}
		seen[str(o, "value")] = true
	}
	least, most := bounds(c)
	if least < 0 || most < 1 || most > 25 || least > most || most > len(options) {
		k.bad("NUMBER_TYPE_MAX", "min_values and max_values do not fit the options", append(place, "max_values")...)
	}
}

// bounds are how many options a select takes.
func bounds(c map[string]any) (least, most int) {
	least, most = 1, 1
	if c["min_values"] != nil {
		least = num(c, "min_values")
	}
	if c["max_values"] != nil {
		most = num(c, "max_values")
	}
	return least, most
}

// checkModal holds a modal against the limits.
func checkModal(data map[string]any) []fault {
	k := &checker{}
	k.length(str(data, "title"), 1, 45, "title")
	k.length(str(data, "custom_id"), 1, 100, "custom_id")
	rows := objects(data, "components")
	k.count(len(rows), 1, 5, "components")
	seen := map[string]bool{}
	for i, r := range rows {
		switch num(r, "type") {
		case rowType:
			parts := objects(r, "components")
			k.count(len(parts), 1, 1, "components", i, "components")
			for j, c := range parts {
				place := []any{"components", i, "components", j}
				if num(c, "type") != inputType {
					k.bad("BASE_TYPE_CHOICES", "Value of field \"type\" must be one of (4,).", append(place, "type")...)
				}
				k.length(str(c, "label"), 1, 45, append(place, "label")...)
				k.input(c, place)
				k.unique(seen, c, place)
			}
		case labelType:
			k.length(str(r, "label"), 1, 45, "components", i, "label")
			k.length(str(r, "description"), 0, 100, "components", i, "description")
			c, place := obj(r, "component"), []any{"components", i, "component"}
			switch num(c, "type") {
			case inputType:
				k.input(c, place)
			case selectType:
				k.selects(c, place)
			case uploadType:
				k.length(str(c, "custom_id"), 1, 100, append(place, "custom_id")...)
			default:
				k.bad("BASE_TYPE_CHOICES", "Value of field \"type\" must be one of (3, 4, 5, 6, 7, 8, 19).", append(place, "type")...)
			}
			k.unique(seen, c, place)
		case textType:
			k.length(str(r, "content"), 1, 4000, "components", i, "content")
		default:
			k.bad("BASE_TYPE_CHOICES", "Value of field \"type\" must be one of (1, 10, 18).", "components", i, "type")
		}
	}
	return k.faults
}

func (k *checker) input(c map[string]any, place []any) {
	k.length(str(c, "custom_id"), 1, 100, append(place, "custom_id")...)
	k.length(str(c, "placeholder"), 0, 100, append(place, "placeholder")...)
	k.length(str(c, "value"), 0, mostTyped(c), append(place, "value")...)
	if style := num(c, "style"); style != 1 && style != 2 {
		k.bad("BASE_TYPE_CHOICES", "Value must be one of {1, 2}.", append(place, "style")...)
	}
	if n := num(c, "min_length"); n < 0 || n > 4000 {
		k.bad("NUMBER_TYPE_MAX", "int value should be between 0 and 4000.", append(place, "min_length")...)
	}
	if n := num(c, "max_length"); c["max_length"] != nil && (n < 1 || n > 4000) {
		k.bad("NUMBER_TYPE_MAX", "int value should be between 1 and 4000.", append(place, "max_length")...)
	}
}

// mostTyped is how many characters a text input takes.
func mostTyped(c map[string]any) int {
	if n := num(c, "max_length"); n > 0 {
		return min(n, 4000)
	}
	return 4000
}
